"""What a learner does after a lesson: misconceptions, challenges, worksheets, and the glossary beside them."""
