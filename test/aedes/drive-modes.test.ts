// Runs the tests of drive modes with Aedes, a broker of another implementation. They find faults that mosquitto
// tolerates.
import { driveModes } from '../end-to-end/drive-modes';
import { sharedAedes } from '../support/aedes';

driveModes(sharedAedes());
