"""A model of the learner's own: a document that is edited, checked, kept in a link, and built live."""
