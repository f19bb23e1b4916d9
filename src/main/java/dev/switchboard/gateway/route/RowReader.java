package dev.switchboard.gateway.route;

import dev.switchboard.config.Section;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Operations;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a row of the table. */
final class RowReader {
    /** What a row says nothing of. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final long MAX_BODY = 1 << 20;

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final long LARGEST = 1L << 40;
    /** An operation's body is kept in memory. */
    private static final long LARGEST_OF_OPERATION = 64 << 20;

    private static final String ANY = "*";
    private static final Set<String> METHODS = Set.of(
            "GET",
            "HEAD",
            "POST",
            "PUT",
            "PATCH",
            "DELETE",
            "OPTIONS",
            "QUERY",
            "COPY",
            "LOCK",
            "MKCOL",
            "MOVE",
            "PROPFIND",
            "PROPPATCH",
            "REPORT",
            "SEARCH",
            "UNLOCK");

    private static final Pattern ORIGIN = Pattern.compile("\\*|[A-Za-z][A-Za-z0-9+.-]*://[^/?#\\s]+/?");

    /** What says how a service is asked. */
    private static final List<String> SERVICE_KEYS = List.of("rewrite", "preserveHost", "passCookies");

    private static final String PUBLIC = "public";
    private static final String USER = "user";
    private static final String ROLE = "role:";

    private final Set<String> upstreams;
    private final Set<String> tiers;

    RowReader(Set<String> upstreams, Set<String> tiers) {
        this.upstreams = upstreams;
        this.tiers = new TreeSet<>(tiers);
        this.tiers.add(Route.UNLIMITED);
    }

    /** The row, or null when its mistakes, which are noted, leave nothing of it. */
    @Nullable
    Route read(Section row) {
        PathPattern path = checked(row, "path", PathPattern::of);
        Set<String> methods = methods(row);
        Target target = target(row, path);
        boolean operation = target instanceof Target.Operation;
        Access access = access(row, target);
        String tier = row.has("tier")
                ? row.reference("tier", tiers, "tier")
                : target instanceof Target.Operation of
                        ? BuiltInRoutes.tier(of.operation())
                        : BuiltInRoutes.DEFAULT_TIER;
        Duration timeout = row.has("timeout")
                ? row.duration("timeout", SHORTEST, LONGEST)
                : operation ? BuiltInRoutes.TIMEOUT : TIMEOUT;
        long maxBody =
                row.has("maxBody") ? row.size("maxBody", 0, operation ? LARGEST_OF_OPERATION : LARGEST) : MAX_BODY;
        CorsRule cors = row.has("cors") ? cors(row.section("cors")) : null;
        String name = Objects.requireNonNullElse(row.optionalText("name"), row.path());
        if (path == null || target == null) {
            return null;
        }
        if (operation && methods.isEmpty()) {
            row.problem("methods", "expected the methods of the operation's request");
        }
        return new Route(name, methods, path, access, tier, timeout, maxBody, target, cors);
    }

    private static <T> @Nullable T checked(Section row, String key, Function<String, T> parse) {
        String text = row.text(key);
        if (text.isEmpty()) {
            return null;
        }
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            row.problem(key, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static Set<String> methods(Section row) {
        Set<String> methods = row.list("methods").stream()
                .map(method -> method.toUpperCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        if (methods.remove(ANY)) {
            if (!methods.isEmpty()) {
                row.problem("methods", "expected \"*\" alone, or methods");
            }
            return Set.of();
        }
        for (String method : methods) {
            if (!METHODS.contains(method)) {
                row.problem(
                        "methods",
                        method.equals("CONNECT") || method.equals("TRACE")
                                ? method + " passes no gateway"
                                : "expected methods such as GET or POST, got \"" + method + '"');
            }
        }
        return methods;
    }

    private @Nullable Target target(Section row, @Nullable PathPattern path) {
        boolean upstream = row.has("upstream");
        boolean operation = row.has("operation");
        if (upstream == operation) {
            row.problem("expected either upstream or operation");
            // Whatever else it says is known.
            SERVICE_KEYS.forEach(row::has);
            row.has("status");
            row.has("names");
            return null;
        }
        return upstream ? service(row, path) : operation(row, path);
    }

    private Target service(Section row, @Nullable PathPattern path) {
        if (row.has("status")) {
            row.problem("status", "is for operations; a service says it itself");
        }
        if (row.has("names")) {
            row.problem("names", "is for operations; a service reads its fields itself");
        }
        String rewrite = null;
        if (row.has("rewrite") && path != null) {
            Rewrite checked = checked(row, "rewrite", text -> Rewrite.of(text, path));
            rewrite = checked == null ? null : row.text("rewrite");
        }
        return new Target.Service(row.reference("upstream", upstreams, "upstream"), rewrite, passOn(row));
    }

    private static PassOn passOn(Section row) {
        boolean host = row.has("preserveHost") && row.bool("preserveHost");
        Set<String> cookies = row.has("passCookies") ? Set.copyOf(row.list("passCookies")) : Set.of();
        cookies.stream()
                .filter(cookie -> !PassOn.OURS.contains(cookie))
                .findFirst()
                .ifPresent(other -> row.problem(
                        "passCookies",
                        "expected some of " + new TreeSet<>(PassOn.OURS) + "; others pass anyway, got \"" + other
                                + '"'));
        return new PassOn(host, cookies);
    }

    private static @Nullable Target operation(Section row, @Nullable PathPattern path) {
        SERVICE_KEYS.stream().filter(row::has).forEach(key -> row.problem(key, "is for services"));
        Set<String> names = Operations.ALL.stream()
                .filter(operation -> operation.access() != Operation.Access.INTERNAL)
                .map(Operation::address)
                .collect(Collectors.toSet());
        String name = row.reference("operation", names, "operation");
        int status = row.has("status") ? row.integer("status", 200, 299) : 0;
        Operation<?, ?> operation = names.contains(name) ? Operations.at(name) : null;
        if (operation == null) {
            return null;
        }
        if (path != null) {
            checkParameters(row, path, operation);
        }
        int usual = operation.http().isEmpty() ? 200 : operation.http().get(0).status();
        return new Target.Operation(operation, status == 0 ? usual : status, names(row, operation));
    }

    /** What clients call the fields of a request, where they do not call them as we do. */
    private static Map<String, String> names(Section row, Operation<?, ?> operation) {
        Map<String, String> names = new LinkedHashMap<>();
        if (row.has("names")) {
            Section section = row.section("names");
            for (String name : section.keys()) {
                names.put(name, section.reference(name, Set.copyOf(fields(operation)), "field"));
            }
        }
        return names;
    }

    private static List<String> fields(Operation<?, ?> operation) {
        return Arrays.stream(operation.request().getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
    }

    /** A segment that no field takes would be lost, and a field that it was meant for be missing. */
    private static void checkParameters(Section row, PathPattern path, Operation<?, ?> operation) {
        List<String> fields = fields(operation);
        for (String name : path.names()) {
            if (!fields.contains(name)) {
                row.problem(
                        "path",
                        "the request of " + operation.address() + " has no {" + name + "}, but "
                                + String.join(", ", fields));
            }
        }
    }

    private static Access access(Section row, @Nullable Target target) {
        Access own = target instanceof Target.Operation of ? BuiltInRoutes.access(of.operation()) : null;
        if (!row.has("auth")) {
            return own == null ? new Access.User() : own;
        }
        String text = row.text("auth");
        Access given;
        if (text.equals(PUBLIC)) {
            given = new Access.Public();
        } else if (text.equals(USER)) {
            given = new Access.User();
        } else if (text.startsWith(ROLE) && text.length() > ROLE.length()) {
            given = new Access.Role(text.substring(ROLE.length()).strip());
        } else {
            row.problem("auth", "expected public, user or role:NAME, got \"" + text + '"');
            given = new Access.User();
        }
        if (own != null && opens(given, own)) {
            row.problem("auth", "the operation itself asks for more than " + text);
        }
        return given;
    }

    /** Whether {@code given} lets somebody in whom {@code own} does not. */
    private static boolean opens(Access given, Access own) {
        return !(own instanceof Access.Public)
                && !given.equals(own)
                && !(own instanceof Access.User && given instanceof Access.Role);
    }

    private static CorsRule cors(Section cors) {
        if (!cors.keys().contains("origins")) {
            cors.problem("origins", "expected origins, or [] for none");
        }
        cors.list("origins").stream()
                .filter(origin -> !ORIGIN.matcher(origin).matches())
                .findFirst()
                .ifPresent(wrong -> cors.problem(
                        "origins", "expected origins such as https://app.example.org, or *, got \"" + wrong + '"'));
        return new CorsRule(
                Set.copyOf(cors.list("origins")),
                !cors.has("credentials") || cors.bool("credentials"),
                cors.has("headers") ? cors.list("headers") : CorsRule.HEADERS,
                cors.has("expose") ? cors.list("expose") : CorsRule.EXPOSED,
                cors.has("maxAge") ? cors.duration("maxAge", Duration.ZERO, LONGEST) : CorsRule.MAX_AGE);
    }
}
