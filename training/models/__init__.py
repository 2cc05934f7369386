"""Training's records, by subject."""

from training.models.certificates import Certificate
from training.models.learning import CourseEnrolment, LessonProgress, QuizAttempt
from training.models.pages import CoursePage, LessonPage, TrainingIndexPage
from training.models.questions import Option, Question, QuestionBank

__all__ = [
    "Certificate",
    "CourseEnrolment",
    "CoursePage",
    "LessonPage",
    "LessonProgress",
    "Option",
    "Question",
    "QuestionBank",
    "QuizAttempt",
    "TrainingIndexPage",
]
