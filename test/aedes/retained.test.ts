import { retainedMessages } from '../end-to-end/retained';
import { sharedAedes } from '../support/aedes';

retainedMessages(sharedAedes());
