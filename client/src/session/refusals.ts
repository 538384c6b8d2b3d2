import { words } from "../words";
import { Refusal, Unreachable } from "./ask";
import { restrictionIn } from "./restricted";
import { inOneText } from "./restrictionWords";
import { Unsupported } from "./signUp";

/** Why logging in or signing up did not work, for the person who tried. */
export function inWords(error: unknown): string {
    const { session, common } = words.value;
    if (error instanceof Unreachable) return session.offline;
    if (error instanceof Unsupported) return session.unsupported;
    if (!(error instanceof Refusal)) return common.somethingBroke;
    const restriction = restrictionIn(error.body);
    if (restriction) return inOneText(restriction);
    switch (error.errcode) {
        case "M_USER_IN_USE":
        case "M_EXCLUSIVE":
            return session.nameTaken;
        case "M_INVALID_USERNAME":
            return session.nameWrong;
        case "M_WEAK_PASSWORD":
            return session.passwordWeak;
        case "M_LIMIT_EXCEEDED":
            return session.tooFast(Math.max(1, Math.ceil(error.retryAfterMs / 1000)));
        case "M_FORBIDDEN":
            return error.status === 403 ? session.wrongPassword : session.tokenWrong;
        default:
            if (error.status === 401) return session.tokenWrong;
            return error.message;
    }
}
