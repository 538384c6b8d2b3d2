import { type AuthDict, MatrixError } from "matrix-js-sdk";

/** Do what the server wants the password for, again: it is asked first which session the password is for
 * (Client-Server API v1.19, "User-Interactive Authentication API"). */
export async function withPassword<T>(
    me: string,
    password: string,
    act: (auth: AuthDict | undefined) => Promise<T>,
): Promise<T> {
    try {
        return await act(undefined);
    } catch (error) {
        const session = error instanceof MatrixError && error.httpStatus === 401 ? error.data["session"] : undefined;
        if (typeof session !== "string") throw error;
        const identifier = { type: "m.id.user", user: me };
        return act({ type: "m.login.password", identifier, password, session });
    }
}

/** Whether the server said that the password is another. */
export function isWrongPassword(error: unknown): boolean {
    return error instanceof MatrixError && (error.httpStatus === 401 || error.errcode === "M_FORBIDDEN");
}
