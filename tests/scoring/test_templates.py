"""Templates: what they can do, and that none of them can do harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.scoring.templates import TemplateProblemError, TextTemplate


def _render(source: str, **fields: object) -> str:
    return TextTemplate.read(source).render(fields)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Hi {{ name }}!\n", "Hi Ada!\n"),
        ("{{ name | upper }}, {{ name.lower() }}", "ADA, ada"),
        ("{{ row.capital }} of {{ row['country'] }}", "Paris of France"),
        ("{{ row.items }}", "cap"),
        ("{{ n + 1 }} {{ n * 2 }} {{ n / 2 }} {{ n // 2 }} {{ n % 2 }} {{ -n }}", "4 6 1.5 1 1 -3"),
        (
            "{% for w in words %}{{ loop.index }}{{ w }}{% if not loop.last %}, {% endif %}{% endfor %}",
            "1a, 2b",
        ),
        ("{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "x=1;y=2;"),
        ("{% for w in words if w != 'a' %}{{ w }}{% else %}none{% endfor %}", "b"),
        ("{{ 'yes' if 'a' in words else 'no' }}", "yes"),
        ("{{ missing | default('gone') }}", "gone"),
        ("{{ 'there' if missing is defined else 'gone' }}", "gone"),
        (
            "{{ words | join(', ') }} {{ words | first }} {{ words | last }} {{ words | length }}",
            "a, b a b 2",
        ),
        ("{{ range(3) | list | reverse | join }}", "210"),
        ("{{ [3, 1, 2, 1] | unique | sort | join }}", "123"),
        ("{{ d | tojson }}", '{"x": 1, "y": 2}'),
        ("{% set a = name ~ '!' %}{{ a }}{{ a.replace('!', '?') }}", "Ada!Ada?"),
        ("{{ 'a b'.split()[1] }}{{ name[:2] }}{{ name[0] }}", "bAdA"),
        (
            "{{ '3' | int + 1 }} {{ 2.5 | round }} {{ '1.5' | float }} {{ (-2) | abs }}",
            "4 2.0 1.5 2",
        ),
        ("{{ 'a b c' | wordcount }} {{ ' x ' | trim }} {{ 'ab' | title }}", "3 x Ab"),
        ("{# note #}{{ name }}", "Ada"),
        ("{{ name.startswith('A') and name.endswith('a') and 'ok' or 'no' }}", "ok"),
        (
            "{{ d.get('x') }}{{ d.get('z', 'none') }}{{ d.keys() | join }}{{ d.values() | join }}",
            "1nonexy12",
        ),
        ("{% raw %}{{ as is }}{% endraw %}", "{{ as is }}"),
        ("no marks { } at all", "no marks { } at all"),
    ],
)
def test_what_templates_can_do(source: str, text: str) -> None:
    fields = {
        "name": "Ada",
        "n": 3,
        "words": ["a", "b"],
        "d": {"x": 1, "y": 2},
        "row": {"capital": "Paris", "country": "France", "items": "cap"},
    }
    assert _render(source, **fields) == text


_DOUBLING = "{% set a = 'aaaaaaaaaa' %}"

HOSTILE = [
    "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}",
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{{ c }}{% endfor %}{% endfor %}{% endfor %}",
    "{% for i in range(10000000000) %}x{% endfor %}",
    "{% for i in range(-99999999999, 99999999999) %}x{% endfor %}",
    "{% for i in 'a' * 99999999999 %}x{% endfor %}",
    "{% for i in [1, 2] recursive %}{{ loop([i, i]) }}{% endfor %}",
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "{% call m() %}{% endcall %}",
    "{{ 'a' * 10**10 }}",
    "{{ 'a' * 10000000000 }}",
    "{{ 10000000000 * 'a' }}",
    "{{ [1] * 10000000000 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%*d' % (1000000000, 1) }}",
    "{{ 'a'.center(1000000000) }}",
    "{{ 'a'.ljust(1000000000) }}{{ 'a'.zfill(1000000000) }}",
    "{{ 'a' | center(1000000000) }}",
    "{{ 'a' | indent(1000000000) }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ '{x:>1000000000}'.format_map({'x': 1}) }}",
    "{{ '%1000000000d' | format(1) }}",
    "{{ 'a\\tb'.expandtabs(1000000000) }}",
    _DOUBLING + "{% set a = a.replace('a', 'aaaaaaaaaa') %}" * 30 + "{{ a }}",
    _DOUBLING + "{% set a = a | replace('a', a) %}" * 30 + "{{ a }}",
    _DOUBLING + "{% set a = a ~ a %}" * 60 + "{{ a }}",
    _DOUBLING + "{% set a = a + a %}" * 60 + "{{ a }}",
    _DOUBLING + "{% set a = [a, a] | join(a) %}" * 60 + "{{ a }}",
    "{% set a = [1] %}" + "{% set a = [a, a] %}" * 60 + "{{ a | tojson }}",
    "{% set a = [1] %}" + "{% set a = [a, a] %}" * 60 + "{{ 1 if a == [a] else 2 }}",
    "{% set a = {'x': 1} %}" + "{% set a = {'x': a, 'y': a} %}" * 60 + "{{ a | tojson }}",
    "{% set a = (1,) %}" + "{% set a = a + a %}" * 60 + "{{ a | length }}",
    "".join(f"{{% for x{i + 1} in [[x{i}, x{i}]] %}}" for i in range(15)).replace("x0", "'a'")
    + "{{ x15 | tojson }}"
    + "{% endfor %}" * 15
    + "{{ 10 ** 10 }}",
    "{% set a = 9 %}" + "{% set a = a * a %}" * 60 + "{{ a }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 1 | round(-1000000000) }}{{ 1 ** 2 }}",
    "{{ 1.5 | round(1000000000, 'ceil') }}",
    "{{ lipsum(n=1000000) }}",
    "{% set ns = namespace(a='a') %}{% for i in range(99) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ range.__globals__ }}",
    "{{ self.__init__ }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ x.append(1) }}",
    "{{ x | attr('append') }}",
    "{{ x | map('upper') | list }}",
    "{% include 'secrets' %}",
    "{% import 'secrets' as s %}",
    "{% from 'secrets' import s %}",
    "{% extends 'base' %}",
    "{% block b %}{% endblock %}",
    "{% filter upper %}a{% endfilter %}",
    "{% set a %}block{% endset %}",
    "{% with a = 1 %}{{ a }}{% endwith %}",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ a" + ".b" * 20000 + " }}",
    "{{ 1" + " + 1" * 20000 + " }}",
    "{{ a" + " | upper" * 10000 + " }}",
    "{{ " + "not " * 20000 + "a }}",
    "{{ " + "[" * 5000 + "]" * 5000 + " }}",
    "{% if a %}" * 5000 + "{% endif %}" * 5000,
    "{% for a in x %}" * 30 + "{% endfor %}" * 30,
    "{{ a }}" * 50000,
    "{{ 1 / 0 }}{{ 1 // 0 }}",
    "{{ 1 % 0 }}",
    "{{ {[1]: 2} }}",
    "{{ 1 + 'a' }}",
    "{{ x[99] }}",
    "{{ [] | first }}",
    "{{ [1, 'a'] | sort }}",
    "{{ 'x' | int }}",
    "{{ x | length(1, 2) }}",
    "{{ 3 | join }}",
    "{{ 3 | length }}",
    "{% for i in 3 %}{% endfor %}",
    "{{ none }}",
    "{{ true }}",
    "{{ [1] }}",
    "{{ range }}",
    "{{ self }}",
    "{{ a() }}",
    "{{ nothing() }}",
    "{{ nothing.here }}",
    "{% for i in nothing %}{% endfor %}",
    "{{ a is nonsense }}",
    "{{ a",
    "{% if a %}",
    "{% nonsense %}",
]


@pytest.mark.parametrize("source", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_templates_end_in_an_error(source: str) -> None:
    with pytest.raises(TemplateProblemError) as caught:
        _render(source, x=["a"], a="a")
    assert str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_long_output_ends_in_an_error() -> None:
    page = "x" * 300_000
    assert len(_render("{{ a }}" * 3, a=page)) == 900_000
    with pytest.raises(TemplateProblemError, match=r"gives more than 1,000,000 characters"):
        _render("{{ a }}" * 4, a=page)
    with pytest.raises(TemplateProblemError, match=r"more than 1,000,000 characters"):
        _render("x" * 1_000_001)


def test_the_same_work_ends_the_same_way_every_time() -> None:
    def turns(count: int) -> str:
        return _render(f"{{% for i in range({count}) %}}{{{{ i }}}}{{% endfor %}}")

    def fits(count: int) -> bool:
        try:
            turns(count)
        except TemplateProblemError:
            return False
        return True

    assert fits(10_000)
    assert [fits(count) for count in (20_000, 30_000, 99_999)] == [
        fits(count) for count in (20_000, 30_000, 99_999)
    ]
    assert not fits(99_999)


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("a\n{{ b | uper }}", "there is no filter 'uper'; did you mean 'upper'?", 2),
        (
            "{{ nme }}",
            "uses 'nme', which is not a field here; did you mean 'name'? (fields: name)",
            None,
        ),
        ("{% macro m() %}{% endmacro %}", "{% macro %} is not available in suites", 1),
        ("{{ 'a' if name is defind }}", "there is no test 'defind'; did you mean 'defined'?", 1),
        ("{{ none }}", "found nothing (null) where text is written", None),
        ("\n\n{{ a b }}", "the template cannot be read: expected token", 3),
    ],
)
def test_messages(source: str, message: str, line: int | None) -> None:
    with pytest.raises(TemplateProblemError) as caught:
        _render(source, name="Ada")
    assert message in str(caught.value)
    assert caught.value.line == line


@given(st.text(alphabet=st.characters(exclude_characters="{", exclude_categories=["Cs"])))
def test_text_without_marks_stands_for_itself(text: str) -> None:
    assert _render(text) == text


@given(st.text())
def test_fields_are_data_never_templates(value: str) -> None:
    assert _render("<{{ value }}>", value=value) == f"<{value}>"
    assert _render("<{{ value }}>", value="{{ 1 + 1 }}") == "<{{ 1 + 1 }}>"


def test_templates_compare_by_source() -> None:
    assert TextTemplate.read("{{ a }}") == TextTemplate.read("{{ a }}")
    assert TextTemplate.read("{{ a }}").variables == {"a"}
    assert TextTemplate.read("{{ range(3) | list | join }}").variables == frozenset()
