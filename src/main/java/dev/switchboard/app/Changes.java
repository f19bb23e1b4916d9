package dev.switchboard.app;

import dev.switchboard.gateway.ServerOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What differs between two settings, and what is to be done about it. Pure. */
record Changes(List<Change> all) {
    /** How a change takes effect. */
    enum Action {
        /** Whoever uses the value asks for it each time, or is told. */
        IN_PLACE,
        /** The verticles are deployed anew, the new ones before the old ones go. */
        REDEPLOY,
        /** The certificate of the listener: connections that are open keep theirs. */
        CERTIFICATE,
        /** Another listener is opened, then the old one is drained. */
        LISTENER,
        /** Not while the node runs. */
        NEXT_START
    }

    /** @param path a section, or a setting of {@code server} */
    record Change(String path, Action action) {}

    private static final String SERVER = "server";

    /** What has no row here is a section whose values are read where they are used. */
    private static final Map<String, Action> SECTIONS = Map.of(
            "node", Action.NEXT_START,
            "cluster", Action.NEXT_START,
            "database", Action.NEXT_START,
            "auth", Action.REDEPLOY,
            "metrics", Action.REDEPLOY);

    /** What Vert.x fixes when it opens a listener. */
    private static final Set<String> LISTENER = Set.of("host", "port", "http2", "maxFrame", "maxMessage");

    static Changes between(PlatformOptions old, PlatformOptions next) {
        List<Change> all = new ArrayList<>();
        for (RecordComponent section : PlatformOptions.class.getRecordComponents()) {
            String name = section.getName();
            if (name.equals(SERVER)) {
                all.addAll(server(old.server(), next.server()));
            } else if (differ(section, old, next)) {
                all.add(new Change(name, SECTIONS.getOrDefault(name, Action.IN_PLACE)));
            }
        }
        return new Changes(List.copyOf(all));
    }

    private static List<Change> server(ServerOptions old, ServerOptions next) {
        return Arrays.stream(ServerOptions.class.getRecordComponents())
                .filter(component -> differ(component, old, next))
                .map(RecordComponent::getName)
                .map(name -> new Change(SERVER + "." + name, action(name, old, next)))
                .toList();
    }

    private static Action action(String name, ServerOptions old, ServerOptions next) {
        if (!name.equals("tls")) {
            return LISTENER.contains(name) ? Action.LISTENER : Action.IN_PLACE;
        }
        if (old.tls() != null && next.tls() != null) {
            return Action.CERTIFICATE;
        }
        // One port cannot speak both while the old listener drains.
        boolean elsewhere = old.port() != next.port() || !old.host().equals(next.host());
        return elsewhere ? Action.LISTENER : Action.NEXT_START;
    }

    private static boolean differ(RecordComponent component, Record old, Record next) {
        try {
            return !Objects.equals(
                    component.getAccessor().invoke(old), component.getAccessor().invoke(next));
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether anything asks for this action. */
    boolean ask(Action action) {
        return all.stream().anyMatch(change -> change.action() == action);
    }

    boolean takesEffectLater(String path) {
        return all.contains(new Change(path, Action.NEXT_START));
    }

    /** Whether this section, or a part of it, differs. */
    boolean touch(String section) {
        return all.stream()
                .anyMatch(
                        change -> change.path().equals(section) || change.path().startsWith(section + "."));
    }

    /** Where there are changes of these kinds. */
    List<String> paths(Set<Action> actions) {
        return all.stream()
                .filter(change -> actions.contains(change.action()))
                .map(Change::path)
                .toList();
    }
}
