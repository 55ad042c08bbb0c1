"""Every fault at every boundary of a plan, played by real processes."""

import pytest

pytest.register_assert_rewrite("tests.faults.promises")
