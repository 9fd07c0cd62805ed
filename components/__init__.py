"""What a person sees: the Streamlit pages and the pieces that they are made of."""
