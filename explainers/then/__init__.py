"""The same cells as older code wrote them, for Keras 2 (tf_keras). Imported only when a demonstration asks for it."""
