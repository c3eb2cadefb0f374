"""No method of the SDK's resources is left out."""

import unittest

import calls

# Streams are not offered yet.
STREAMING = {
    "Threads.create_and_run_stream",
    "Runs.create_and_stream",
    "Runs.stream",
    "Runs.submit_tool_outputs_stream",
}


class EveryMethod(unittest.TestCase):
    def test_was_called(self):
        known = {f"{of.__name__}.{name}" for of in calls.RESOURCES for name in calls.methods(of)}
        self.assertEqual(known - calls.made, STREAMING)
