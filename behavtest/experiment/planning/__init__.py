"""Planning: what a run will take, before anything runs."""

from behavtest.experiment.planning.plan import plan
from behavtest.experiment.planning.result import Plan
from behavtest.experiment.planning.subject import Subject, subject_of

__all__ = ["Plan", "Subject", "plan", "subject_of"]
