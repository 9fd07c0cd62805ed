"""The user interface: the Streamlit pages and their parts."""
