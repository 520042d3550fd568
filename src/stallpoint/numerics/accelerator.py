"""jax, set up once for the process by importing it from here: 64-bit floats, and compiled code kept between runs.

An already set JAX_COMPILATION_CACHE_DIR is respected. The 64-bit setting is global to the process.
"""

from __future__ import annotations

import os
from pathlib import Path

import jax
import jax.numpy as jnp

SLOWEST_COMPILE_NOT_KEPT_SECONDS = 0.3


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "stallpoint" / "jax"


jax.config.update("jax_enable_x64", True)
if not os.environ.get("JAX_COMPILATION_CACHE_DIR"):
    jax.config.update("jax_compilation_cache_dir", str(_cache_folder()))
jax.config.update("jax_persistent_cache_min_compile_time_secs", SLOWEST_COMPILE_NOT_KEPT_SECONDS)

__all__ = ["jax", "jnp"]
