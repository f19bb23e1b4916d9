package dev.switchboard.gateway.upstream;

import dev.switchboard.config.Authorities;
import dev.switchboard.config.Section;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A service behind the gateway.
 *
 * @param name by which routes refer to it
 * @param addresses at least one, all different
 * @param connectTimeout until a connection is made
 * @param idleTimeout until a connection that nothing comes over while an answer is under way is given up
 * @param keepAlive how long an unused connection is kept; shorter than the service keeps it
 * @param maxConnections of one node to one address, for requests
 * @param maxWaiting requests of one node that may wait for a connection
 * @param maxSockets of one node to one address, for WebSockets
 * @param balance how an address is chosen
 * @param check how addresses are asked whether they are well; null for not at all
 * @param ejection when an address is left out
 * @param retries how many there may be
 * @param circuit when the whole service is left alone
 * @param http2 whether the service is spoken to by HTTP/2: without TLS from the first byte, with TLS if it agrees (ALPN)
 * @param tls whose certificates are believed; null for those that the Java runtime trusts
 */
public record UpstreamOptions(
        String name,
        List<Address> addresses,
        Duration connectTimeout,
        Duration idleTimeout,
        Duration keepAlive,
        int maxConnections,
        int maxWaiting,
        int maxSockets,
        Balance balance,
        @Nullable CheckRule check,
        EjectionRule ejection,
        RetryRule retries,
        BreakerRule circuit,
        boolean http2,
        @Nullable Authorities tls) {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
    /** Node.js keeps an unused connection for 5 s, most others longer. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(4);

    private static final int MAX_CONNECTIONS = 256;
    private static final int MAX_WAITING = 1_024;
    /** A machine has some 28 000 ports for connections to one address. */
    private static final int MAX_SOCKETS = 20_000;

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST_CONNECT = Duration.ofMinutes(1);
    private static final Duration LONGEST_IDLE = Duration.ofHours(24);
    private static final int MOST_CONNECTIONS = 100_000;
    private static final int MOST_ADDRESSES = 256;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** As it is when the settings name the addresses alone. */
    public UpstreamOptions(String name, List<Address> addresses) {
        this(name, addresses, CONNECT_TIMEOUT, IDLE_TIMEOUT, KEEP_ALIVE, MAX_CONNECTIONS, MAX_WAITING, MAX_SOCKETS);
    }

    /** With the rules as they are when the settings say nothing of them. */
    public UpstreamOptions(
            String name,
            List<Address> addresses,
            Duration connectTimeout,
            Duration idleTimeout,
            Duration keepAlive,
            int maxConnections,
            int maxWaiting,
            int maxSockets) {
        this(
                name,
                addresses,
                connectTimeout,
                idleTimeout,
                keepAlive,
                maxConnections,
                maxWaiting,
                maxSockets,
                Balance.ROUND_ROBIN,
                null,
                EjectionRule.DEFAULT,
                RetryRule.DEFAULT,
                BreakerRule.DEFAULT);
    }

    /** By HTTP/1.1. */
    public UpstreamOptions(
            String name,
            List<Address> addresses,
            Duration connectTimeout,
            Duration idleTimeout,
            Duration keepAlive,
            int maxConnections,
            int maxWaiting,
            int maxSockets,
            Balance balance,
            @Nullable CheckRule check,
            EjectionRule ejection,
            RetryRule retries,
            BreakerRule circuit) {
        this(
                name,
                addresses,
                connectTimeout,
                idleTimeout,
                keepAlive,
                maxConnections,
                maxWaiting,
                maxSockets,
                balance,
                check,
                ejection,
                retries,
                circuit,
                false,
                null);
    }

    public UpstreamOptions {
        addresses = List.copyOf(addresses);
    }

    /** Every service of the section {@code upstreams}, whose keys are their names. */
    public static List<UpstreamOptions> all(Section upstreams) {
        return upstreams.keys().stream()
                .map(name -> {
                    if (!NAME.matcher(name).matches()) {
                        upstreams.problem(name, "a name is made of letters, digits, '.', '_' and '-', at most 64");
                    }
                    return from(name, upstreams.section(name));
                })
                .toList();
    }

    private static UpstreamOptions from(String name, Section section) {
        return new UpstreamOptions(
                name,
                addresses(section),
                Given.duration(section, "connectTimeout", CONNECT_TIMEOUT, SHORTEST, LONGEST_CONNECT),
                Given.duration(section, "idleTimeout", IDLE_TIMEOUT, SHORTEST, LONGEST_IDLE),
                Given.duration(section, "keepAlive", KEEP_ALIVE, SHORTEST, LONGEST_IDLE),
                Given.integer(section, "maxConnections", MAX_CONNECTIONS, 1, MOST_CONNECTIONS),
                Given.integer(section, "maxWaiting", MAX_WAITING, 0, MOST_CONNECTIONS),
                Given.integer(section, "maxSockets", MAX_SOCKETS, 0, MOST_CONNECTIONS),
                Given.oneOf(section, "balance", Balance.ROUND_ROBIN, Balance.class),
                Given.hasSection(section, "check") ? CheckRule.from(section.section("check")) : null,
                Given.section(section, "ejection", EjectionRule.DEFAULT, EjectionRule::from),
                Given.section(section, "retries", RetryRule.DEFAULT, RetryRule::from),
                Given.section(section, "circuit", BreakerRule.DEFAULT, BreakerRule::from),
                Given.bool(section, "http2", false),
                Given.hasSection(section, "tls") ? Authorities.from(section.section("tls"), "ca") : null);
    }

    private static List<Address> addresses(Section section) {
        String key = "addresses";
        List<String> texts = section.nonEmptyList(key);
        List<Address> addresses = texts.stream()
                .flatMap(text -> {
                    try {
                        return List.of(Address.of(text)).stream();
                    } catch (IllegalArgumentException e) {
                        section.problem(key, String.valueOf(e.getMessage()));
                        return List.<Address>of().stream();
                    }
                })
                .toList();
        if (new HashSet<>(addresses).size() < addresses.size()) {
            section.problem(key, "the same address is there twice");
        }
        if (addresses.size() > MOST_ADDRESSES) {
            section.problem(key, "expected at most " + MOST_ADDRESSES + " addresses");
        }
        return addresses;
    }
}
