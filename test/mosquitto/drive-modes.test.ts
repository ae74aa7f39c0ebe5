import { driveModes } from '../end-to-end/drive-modes';
import { sharedBroker } from '../support/scope';

driveModes(sharedBroker());
