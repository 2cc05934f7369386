"""What training refuses, each with a name. Views turn them into a sentence that says how to mend it."""


class TrainingError(Exception):
    """Base of training's refusals."""


class NotEnrolled(TrainingError):
    """The person does not take this course."""


class CourseNotReady(TrainingError):
    """The course has no lesson, or its question bank no active question."""


class LessonsFirst(TrainingError):
    """The quiz opens when every lesson is done."""


class QuizOver(TrainingError):
    """The course is passed in this cycle: there is nothing left to take."""


class WaitBeforeRetry(TrainingError):
    """The day's tries are used up, or the pause between two tries is not over.

    Attributes:
        until: when the next try opens.
    """

    def __init__(self, until) -> None:
        super().__init__("wait before the next try")
        self.until = until


class AttemptClosed(TrainingError):
    """The attempt was submitted: its answers no longer change."""


class NotPassed(TrainingError):
    """A certificate is only for a passed course."""


class WrongMove(TrainingError):
    """The state machine has no such move."""


class RenewalNotDue(TrainingError):
    """The certificate is still valid for long enough: a new cycle is not open yet."""


class NotStaff(TrainingError):
    """Courses are for people who work at the school today."""


class AlreadyRevoked(TrainingError):
    """The certificate was revoked before."""
