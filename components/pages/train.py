"""The Train page."""

import streamlit as st

st.subheader("Train")
