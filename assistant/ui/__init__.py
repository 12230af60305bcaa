"""The chat page and Gradio's named endpoints; it holds no logic of its own."""
