"""The Design page."""

import streamlit as st

st.subheader("Design")
