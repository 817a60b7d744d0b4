"""The thirty-nine kinds of fault that people who do this job have reported, each tried through the door its person uses."""

import pytest

pytest.register_assert_rewrite(*(f"tests.kinds.{topic}" for topic in ("desk", "sheets", "logs", "doors", "days")))
