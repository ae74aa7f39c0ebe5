// Runs the tests of retained messages with Aedes, a broker of another implementation.
import { retainedMessages } from '../end-to-end/retained';
import { sharedAedes } from '../support/aedes';

retainedMessages(sharedAedes());
