// Runs the tests of sessions with mosquitto.
import { sessions } from '../end-to-end/session';
import { sharedBroker } from '../support/scope';

sessions(sharedBroker());
