"""Runs every test of this folder, and then the test that no method of the SDK was left out; or the named files only."""

import pathlib
import sys
import unittest

import calls

calls.watch()  # Before any test module binds a method.

loader = unittest.TestLoader()
suite = unittest.TestSuite()
if named := sys.argv[1:]:
    suite.addTests(loader.loadTestsFromNames(named))
else:
    suite.addTests(loader.discover(str(pathlib.Path(__file__).parent)))
    suite.addTests(loader.loadTestsFromName("every_method"))
sys.exit(not unittest.TextTestRunner().run(suite).wasSuccessful())
