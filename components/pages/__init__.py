"""The pages of the app, one script each: Streamlit runs a page's file from top to bottom."""
