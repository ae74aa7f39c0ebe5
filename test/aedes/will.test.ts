import { wills } from '../end-to-end/will';
import { sharedAedes } from '../support/aedes';

wills(sharedAedes());
