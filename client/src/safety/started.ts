import type { Started } from "../app/parts";
import { followNotices } from "./notices";
import { followStanding } from "./standing";

const start: Started = (matrix) => {
    const stops = [followNotices(matrix), followStanding(matrix)];
    return () => {
        for (const stop of stops) stop();
    };
};

export default start;
