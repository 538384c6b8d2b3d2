import type { PersonEntries } from "../app/parts";
import { blockEntries } from "./blockEntries";

/** Block a member of a group, or whoever invites, or stop it. */
const entries: PersonEntries = ({ userId, name }, matrix) => blockEntries(userId, name, matrix);

export default entries;
