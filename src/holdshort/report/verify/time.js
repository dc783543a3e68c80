// Instants as a reader sees them: 23 November 2026, 10:15:00 UTC.

const MONTHS =
  "January February March April May June July August September October November December".split(" ");

/** An RFC 3339 instant in UTC and whole seconds, in words. */
export function moment(instant) {
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T(.*)Z$/.exec(instant);
  return `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}, ${time} UTC`;
}

/** POSIX seconds (BigInt) in words; beyond the year 9999 as a number. */
export function momentOf(seconds) {
  if (seconds > 253402300799n) return `${seconds} s after 1970`;
  return moment(new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z"));
}
