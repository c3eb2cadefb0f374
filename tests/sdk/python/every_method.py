"""No method of the SDK's resources is left out."""

import unittest

import calls


class EveryMethod(unittest.TestCase):
    def test_was_called(self):
        self.assertEqual(calls.known() - calls.made, set())
