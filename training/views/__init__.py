"""Views by whom they serve: the learner, the quiz, certificates, strangers who verify, those who manage."""
