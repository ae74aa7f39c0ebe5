// Runs the tests of drive modes with mosquitto.
import { driveModes } from '../end-to-end/drive-modes';
import { sharedBroker } from '../support/scope';

driveModes(sharedBroker());
