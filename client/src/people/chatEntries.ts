import type { ChatEntries } from "../app/parts";
import { blockEntries } from "./blockEntries";

/** Block the other person of a direct chat, or stop it. */
const entries: ChatEntries = ({ partner, name }, matrix) => (partner ? blockEntries(partner, name, matrix) : []);

export default entries;
