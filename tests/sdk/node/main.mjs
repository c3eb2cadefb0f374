// Runs every test of this folder, and then the test that no method of the SDK was left out.
import './assistants.test.mjs';
import './threads.test.mjs';
import './messages.test.mjs';
import './runs.test.mjs';
import './endings.test.mjs';
import './tools.test.mjs';
import './paging.test.mjs';
import './files.test.mjs';
import './errors.test.mjs';
import './many.test.mjs';
import './every_method.mjs';
