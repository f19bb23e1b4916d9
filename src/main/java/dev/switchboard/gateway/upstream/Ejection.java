package dev.switchboard.gateway.upstream;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Which addresses are left out because requests to them failed, for how long, and what each has to its name. Immutable.
 * The rule is Envoy's outlier detection by consecutive failures, with at most half of the addresses ejected instead of a
 * tenth: an upstream here has a few addresses, not hundreds.
 */
final class Ejection {
    static final Ejection NONE = new Ejection(Map.of());

    /**
     * @param failures in a row
     * @param level n of the last ejection
     * @param until the end of the last ejection
     */
    private record Standing(int failures, int level, long until) {
        static final Standing CLEAN = new Standing(0, 0, 0);

        boolean ejected(long now) {
            return level > 0 && now < until;
        }

        int level(EjectionRule rule, long now) {
            if (level == 0 || now < until) {
                return level;
            }
            return (int) Math.max(0, level - (now - until) / rule.time().toNanos());
        }
    }

    /** Addresses without an entry are clean. */
    private final Map<Address, Standing> standings;

    private Ejection(Map<Address, Standing> standings) {
        this.standings = standings;
    }

    boolean isEjected(Address address, long now) {
        return !standings.isEmpty()
                && standings.getOrDefault(address, Standing.CLEAN).ejected(now);
    }

    /** What is left of an ejection, zero when there is none. */
    Duration remaining(Address address, long now) {
        Standing standing = standings.getOrDefault(address, Standing.CLEAN);
        return standing.ejected(now) ? Duration.ofNanos(standing.until() - now) : Duration.ZERO;
    }

    /** A good answer: the row of failures ends. */
    Ejection succeeded(Address address, EjectionRule rule, long now) {
        Standing before = standings.get(address);
        if (before == null || before.ejected(now)) {
            return this;
        }
        int level = before.level(rule, now);
        if (level > 0 && before.failures() == 0) {
            return this;
        }
        return with(address, level == 0 ? Standing.CLEAN : new Standing(0, before.level(), before.until()));
    }

    /**
     * A failure. What an address does while it is ejected is the end of requests from before, and does not count again.
     *
     * @param all addresses of the upstream
     */
    Ejection failed(Address address, EjectionRule rule, Collection<Address> all, long now) {
        Standing before = standings.getOrDefault(address, Standing.CLEAN);
        if (rule.failures() == 0 || before.ejected(now)) {
            return this;
        }
        int failures = Math.min(rule.failures(), before.failures() + 1);
        long ejected = all.stream().filter(other -> isEjected(other, now)).count();
        if (failures < rule.failures() || ejected + 1 > all.size() / 2) {
            return with(address, new Standing(failures, before.level(), before.until()));
        }
        long longest = rule.maxTime().toNanos();
        int highest = (int) Math.max(1, (longest - 1) / rule.time().toNanos() + 1);
        int level = Math.min(highest, before.level(rule, now) + 1);
        long time = Math.min(longest, rule.time().toNanos() * level);
        return with(address, new Standing(0, level, now + time));
    }

    /** Without the addresses that are not among {@code addresses}. */
    Ejection retain(Collection<Address> addresses) {
        Map<Address, Standing> kept = new HashMap<>(standings);
        kept.keySet().retainAll(addresses);
        return kept.size() == standings.size() ? this : new Ejection(Map.copyOf(kept));
    }

    private Ejection with(Address address, Standing standing) {
        Map<Address, Standing> next = new HashMap<>(standings);
        if (standing.equals(Standing.CLEAN)) {
            next.remove(address);
        } else {
            next.put(address, standing);
        }
        return new Ejection(Map.copyOf(next));
    }
}
