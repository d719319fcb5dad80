const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const WEEK = DAYS.length * 24 * 60;

/** Every minute of the week that a window covers, of a daily one all seven times: slow, and plainly right. */
export function minutesOf(window: string): number[] {
  if (/^\d/.test(window)) return DAYS.flatMap((day) => minutesOf(window.replace(/^|-/g, (at) => `${at}${day}:`)));
  const [from, to] = window.split("-").map((moment) => {
    const [day = "", hours, minutes] = moment.split(":");
    return DAYS.indexOf(day) * 24 * 60 + Number(hours) * 60 + Number(minutes);
  }) as [number, number];
  // A daily window over midnight ends on the same day's morning here: that is the day after, one week round.
  const length = /^(\w+):.*-\1:/.test(window) && to < from ? to + 24 * 60 - from : (to - from + WEEK) % WEEK;
  return Array.from({ length }, (_, minute) => (from + minute) % WEEK);
}
