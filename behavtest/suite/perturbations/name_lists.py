"""First names by origin and gender: what ``names`` and ``demographic`` choose from.

Names that are words or places as well (Grace, Mark, Chase, Jordan) are left out, since they would
be replaced where nobody is meant, and so are names that are common for both genders. The lists
white_american and black_american hold the distinctive names of Bertrand and Mullainathan, "Are
Emily and Greg more employable than Lakisha and Jamal?" (American Economic Review 94(4), 2004) among
others; all lists are short, and none is representative of those it names.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Group(NamedTuple):
    """Whose names a list has.

    Args:
        origin: Where such names are common, or `SEVERAL`.
        gender: ``female`` or ``male``.
    """

    origin: str
    gender: str


_LISTS: Final = {
    ("white_american", "female"): (
        "Allison Emily Claire Katie Meredith Molly Megan Heather Kristen Abigail Hannah Lauren"
    ),
    ("white_american", "male"): (
        "Brad Brendan Geoffrey Greg Connor Todd Scott Kevin Wyatt Bradley Dustin Tanner"
    ),
    ("black_american", "female"): (
        "Aisha Keisha Tamika Lakisha Tanisha Latoya Latasha Latonya Shanika Shanice Imani Lashonda"
    ),
    ("black_american", "male"): (
        "Rasheed Tremayne Kareem Darnell Tyrone Jamal Leroy Jermaine DeShawn Tyrell Terrell Marquis"
    ),
    ("hispanic", "female"): (
        "Consuelo Marisol Alejandra Ximena Rocío Yolanda Graciela Lupita Esperanza Itzel Pilar Luz"
    ),
    ("hispanic", "male"): (
        "Javier Alejandro Guillermo Enrique Joaquín Rodrigo Rafael Esteban Ramiro Mateo Pablo Raúl"
    ),
    ("arabic", "female"): (
        "Fatima Khadija Zaynab Mariam Samira Nadia Rania Huda Salma Amina Noor Yasmin"
    ),
    ("arabic", "male"): (
        "Mohammed Ahmed Omar Khalid Yusuf Tariq Hassan Mustafa Ibrahim Faisal Bilal Karim"
    ),
    ("south_asian", "female"): (
        "Priya Ananya Deepika Kavita Lakshmi Sunita Pooja Aishwarya Shreya Divya Meera Anjali"
    ),
    ("south_asian", "male"): (
        "Rahul Arjun Sanjay Vikram Rajesh Anil Suresh Amit Rohan Karthik Ravi Ashok"
    ),
    ("chinese", "female"): (
        "Meiling Xiaoling Yanmei Huiling Lihua Xiuying Jingyi Yuting Meihua Xinyi Shufen Ruoxi"
    ),
    ("chinese", "male"): (
        "Jianguo Zhiwei Haoran Weiming Guoqiang Jianhua Xiaoming Zihao Yichen Junjie Minghao Haoyu"
    ),
    ("west_african", "female"): (
        "Adaeze Chioma Folake Ngozi Abena Akosua Yetunde Amaka Efua Temitope Adwoa Ifeoma"
    ),
    ("west_african", "male"): (
        "Chukwuemeka Olumide Kwame Kofi Babatunde Emeka Obinna Kwabena Segun Adebayo Kojo Tunde"
    ),
    ("slavic", "female"): (
        "Olga Svetlana Tatiana Ludmila Oksana Katarzyna Agnieszka Jadwiga Galina Irina Zofia Daria"
    ),
    ("slavic", "male"): (
        "Dmitri Sergei Vladimir Igor Boris Wojciech Andrzej Krzysztof Oleg Grzegorz Pavel Bogdan"
    ),
}

_COMMON: Final = {
    "female": (
        "Mary Anna Susan Lisa Sarah Karen Betty Sandra Ashley Kimberly Donna Michelle Amanda "
        "Melissa Deborah Stephanie Rebecca Laura Helen Sharon Cynthia Kathleen Amy Angela Shirley "
        "Brenda Pamela Nicole Ruth Catherine Alice Julia Jane Emma Olivia Sophie Ann Anne Elizabeth"
    ),
    "male": (
        "James John Robert Michael David William Richard Joseph Thomas Daniel Matthew Anthony "
        "Donald Steven Paul Andrew Joshua Kenneth Brian George Timothy Ronald Edward Jason Jeffrey "
        "Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Benjamin Samuel Tom Peter Bob"
    ),
}

SEVERAL: Final = "several"
"""Origin of names that are common in several groups of the United States."""

ORIGINS: Final = tuple(dict.fromkeys(origin for origin, _ in _LISTS))
GENDERS: Final = ("female", "male")
NAMES: Final = {Group(*key): tuple(names.split()) for key, names in _LISTS.items()} | {
    Group(SEVERAL, gender): tuple(names.split()) for gender, names in _COMMON.items()
}
