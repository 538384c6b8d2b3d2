import type { Started } from "../app/parts";
import { startReading } from "./onDevice";

/** Encrypted messages are read into the index of this device. */
const start: Started = startReading;

export default start;
