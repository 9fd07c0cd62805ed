"""The Runs page."""

import streamlit as st

st.subheader("Runs")
