// Runs the tests of wills with Aedes, a broker of another implementation.
import { wills } from '../end-to-end/will';
import { sharedAedes } from '../support/aedes';

wills(sharedAedes());
