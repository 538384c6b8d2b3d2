import type { Matrix } from "../matrix/matrix";

export interface Person {
    user_id: string;
    display_name?: string;
    avatar_url?: string;
}

const USER_ID = /^@[^\s:]+:\S+$/;

export function nameOf(person: Person): string {
    return person.display_name || person.user_id;
}

/** People of that name, without this person. */
export async function findPeople({ client, me }: Matrix, term: string): Promise<Person[]> {
    const { results } = await client.searchUserDirectory({ term, limit: 20 });
    const people: Person[] = results.filter(({ user_id: userId }) => userId !== me);
    const server = me.slice(me.indexOf(":"));
    const whole = USER_ID.test(term) ? term : `@${term.toLowerCase().replace(/^@/, "")}${server}`;
    if (whole === me || people.some(({ user_id: userId }) => userId === whole)) return people;
    return [...people, ...(await profileOf(client, whole))];
}

/** Somebody who shares no room with this person is not in the directory, but can be written to by name. */
async function profileOf(client: Matrix["client"], userId: string): Promise<Person[]> {
    try {
        const { displayname, avatar_url: picture } = await client.getProfileInfo(userId);
        const person: Person = { user_id: userId };
        if (displayname) person.display_name = displayname;
        if (picture) person.avatar_url = picture;
        return [person];
    } catch {
        return [];
    }
}
