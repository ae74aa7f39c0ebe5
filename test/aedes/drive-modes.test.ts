import { driveModes } from '../end-to-end/drive-modes';
import { sharedAedes } from '../support/aedes';

driveModes(sharedAedes());
