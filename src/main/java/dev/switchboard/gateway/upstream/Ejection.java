package dev.switchboard.gateway.upstream;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Which addresses are left out because requests to them failed, for how long, and what each has to its name. Immutable.
 * The rule is Envoy's outlier detection by consecutive failures, with at most half of the addresses ejected instead of a
 * tenth: an upstream here has a few addresses, not hundreds. Answers that break off are a row of their own: an address that
 * begins every answer and ends none is no good either.
 */
final class Ejection {
    static final Ejection NONE = new Ejection(Map.of());

    /**
     * @param failures in a row to answer at all
     * @param breaks answers in a row that did not come to their end
     * @param level n of the last ejection
     * @param until the end of the last ejection
     */
    private record Standing(int failures, int breaks, int level, long until) {
        static final Standing CLEAN = new Standing(0, 0, 0, 0);

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

    /** A good answer began: the row of failures ends. */
    Ejection answered(Address address, EjectionRule rule, long now) {
        Standing before = standings.get(address);
        return before == null ? this : well(address, before, 0, before.breaks(), rule, now);
    }

    /** An answer came to its end, or was fine for as long as anybody listened: the row of broken ones ends. */
    Ejection completed(Address address, EjectionRule rule, long now) {
        Standing before = standings.get(address);
        return before == null ? this : well(address, before, before.failures(), 0, rule, now);
    }

    private Ejection well(Address address, Standing before, int failures, int breaks, EjectionRule rule, long now) {
        if (before.ejected(now)) {
            return this;
        }
        if (failures == 0 && breaks == 0 && before.level(rule, now) == 0) {
            return with(address, Standing.CLEAN);
        }
        Standing after = new Standing(failures, breaks, before.level(), before.until());
        return after.equals(before) ? this : with(address, after);
    }

    /**
     * No answer, or a bad one. What an address does while it is ejected is the end of requests from before, and does not
     * count again.
     *
     * @param all addresses of the upstream
     */
    Ejection failed(Address address, EjectionRule rule, Collection<Address> all, long now) {
        Standing before = standings.getOrDefault(address, Standing.CLEAN);
        return counted(address, before, before.failures() + 1, before.breaks(), rule, all, now);
    }

    /**
     * An answer that began did not come to its end.
     *
     * @param all addresses of the upstream
     */
    Ejection brokeOff(Address address, EjectionRule rule, Collection<Address> all, long now) {
        Standing before = standings.getOrDefault(address, Standing.CLEAN);
        return counted(address, before, before.failures(), before.breaks() + 1, rule, all, now);
    }

    private Ejection counted(
            Address address,
            Standing before,
            int failures,
            int breaks,
            EjectionRule rule,
            Collection<Address> all,
            long now) {
        if (rule.failures() == 0 || before.ejected(now)) {
            return this;
        }
        long ejected = all.stream().filter(other -> isEjected(other, now)).count();
        if (Math.max(failures, breaks) < rule.failures() || ejected + 1 > all.size() / 2) {
            int most = rule.failures();
            return with(
                    address,
                    new Standing(Math.min(most, failures), Math.min(most, breaks), before.level(), before.until()));
        }
        long longest = rule.maxTime().toNanos();
        int highest = (int) Math.max(1, (longest - 1) / rule.time().toNanos() + 1);
        int level = Math.min(highest, before.level(rule, now) + 1);
        long time = Math.min(longest, rule.time().toNanos() * level);
        return with(address, new Standing(0, 0, level, now + time));
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
