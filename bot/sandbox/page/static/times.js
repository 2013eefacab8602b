// Moments as people read them, in the reader's own time zone.

const LOCALE = "en-GB";

const format = (options) => {
  const made = new Intl.DateTimeFormat(LOCALE, options);
  return (seconds) => made.format(new Date(seconds * 1000));
};
export const clock = format({ hour: "2-digit", minute: "2-digit" });
const withSeconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const short = format({ day: "numeric", month: "short", year: "numeric" });
const medium = format({ day: "numeric", month: "long", year: "numeric" });
const long = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const iso = (seconds) => {
  const day = new Date(seconds * 1000);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
};

function pretty(seconds, now, otherwise) {
  const day = iso(seconds);
  if (day === iso(now)) return "Today";
  if (day === iso(now - 86400)) return "Yesterday";
  if (day === iso(now + 86400)) return "Tomorrow";
  return otherwise(seconds);
}

/** The heading between two days of messages. */
export const dayOf = (seconds, now) => pretty(seconds, now, long);

/** A moment in full, for tooltips and screen readers. */
export const whole = (seconds) => `${long(seconds)} at ${withSeconds(seconds)}`;

function ago(seconds, now) {
  const away = Math.abs(now - seconds);
  const [size, unit] = away < 60 ? [1, "second"] : away < 3600 ? [60, "minute"] : away < 86400 ? [3600, "hour"] : [86400, "day"];
  const count = Math.round(away / size);
  const said = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds <= now ? `${said} ago` : `in ${said}`;
}

/** "Today" inside a sentence is no name. */
export const lowered = (text) => text.replace(/\b(Today|Yesterday|Tomorrow)\b/, (day) => day.toLowerCase());

/** What `<!date^…^pattern>` says; a token that nobody knows stays as it is, as in Slack. */
export function dated(seconds, pattern, now) {
  const said = {
    date_num: () => iso(seconds),
    date_slash: () => iso(seconds).replaceAll("-", "/"),
    date: () => medium(seconds),
    date_short: () => short(seconds),
    date_long: () => long(seconds),
    date_pretty: () => pretty(seconds, now, medium),
    date_short_pretty: () => pretty(seconds, now, short),
    date_long_pretty: () => pretty(seconds, now, long),
    day_divider_pretty: () => pretty(seconds, now, long),
    time: () => clock(seconds),
    time_secs: () => withSeconds(seconds),
    ago: () => ago(seconds, now),
  };
  return pattern.replace(/\{(\w+)\}/g, (token, name) => (said[name] ? said[name]() : token));
}
