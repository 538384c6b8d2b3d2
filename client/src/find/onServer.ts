import type { ISearchResponse, MatrixClient } from "matrix-js-sdk";
import { SearchOrderBy } from "matrix-js-sdk/lib/@types/search";
import type { Hit } from "./messageIndex";

/** What the server gives at once, at most. */
const PAGE = 50;

/** Messages of open rooms, the newest first. Client-Server API, "POST /search". It knows whole words only. */
export async function searchOnServer(
    client: MatrixClient,
    term: string,
    { roomId, limit, signal }: { roomId: string | null; limit: number; signal: AbortSignal },
): Promise<{ hits: Hit[]; isMore: boolean }> {
    const hits: Hit[] = [];
    let from: string | undefined;
    do {
        const body = {
            search_categories: {
                room_events: {
                    search_term: term,
                    keys: ["content.body"],
                    order_by: SearchOrderBy.Recent,
                    filter: { limit: Math.min(PAGE, limit), ...(roomId !== null && { rooms: [roomId] }) },
                },
            },
        };
        const asked = { body, ...(from !== undefined && { next_batch: from }) };
        const answer: ISearchResponse = await client.search(asked as Parameters<MatrixClient["search"]>[0], signal);
        const { results = [], next_batch: next } = answer.search_categories.room_events;
        hits.push(...results.flatMap(({ result }) => hitOf(result) ?? []));
        from = results.length > 0 ? next : undefined;
    } while (from !== undefined && hits.length < limit);
    return { hits: hits.slice(0, limit), isMore: from !== undefined || hits.length > limit };
}

/** What it says now: the server tells the newest edit with it. */
function hitOf(raw: Found): Hit | null {
    const body = raw.unsigned?.["m.relations"]?.["m.replace"]?.content?.["m.new_content"]?.body ?? raw.content["body"];
    if (typeof body !== "string") return null;
    return { id: raw.event_id, roomId: raw.room_id, at: raw.origin_server_ts, by: raw.sender, text: body };
}

interface Found {
    event_id: string;
    room_id: string;
    sender: string;
    origin_server_ts: number;
    content: Record<string, unknown>;
    unsigned?: { "m.relations"?: { "m.replace"?: { content?: { "m.new_content"?: { body?: unknown } } } } };
}
