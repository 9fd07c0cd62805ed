"""The devices of this machine, as pages ask for them."""

import streamlit as st

from builder.system.devices import Device, devices


@st.cache_resource(ttl=5, show_spinner=False)
def machine_devices() -> list[Device]:
    """The machine's devices; asked for anew now and then, for their memory."""
    return list(devices())
