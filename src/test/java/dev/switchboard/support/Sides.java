package dev.switchboard.support;

import dev.switchboard.support.ProcessNode.Launch;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Two sides of a network, each a network namespace of Linux, with a cable between them that can be cut: then packets
 * between the sides vanish, as when a switch dies. Clients and the database reach each side by a way of its own, which
 * stays. Needs {@code ip} (iproute2) and the right to make namespaces.
 */
public final class Sides implements AutoCloseable {
    private static final int COUNT = 2;
    private static final long COMMAND_S = 10;

    private final String id = Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0x10000));
    private final String net = "10." + ThreadLocalRandom.current().nextInt(64, 128);
    private final List<Front> database = new ArrayList<>();

    private Sides() {}

    /** Why it cannot be done here; empty when it can. */
    public static String obstacle() {
        Sides probe = new Sides();
        try {
            probe.lay();
            return "";
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        } finally {
            probe.close();
        }
    }

    /** @param databasePort of this machine's loopback */
    public static Sides create(int databasePort) {
        Sides sides = new Sides();
        try {
            sides.lay();
            for (int i = 0; i < COUNT; i++) {
                sides.database.add(new Front(sides.outside(i), List.of(URI.create("tcp://127.0.0.1:" + databasePort))));
            }
        } catch (RuntimeException e) {
            sides.close();
            throw e;
        }
        return sides;
    }

    private void lay() {
        ip("link add " + bridge() + " type bridge");
        ip("link set " + bridge() + " up");
        for (int i = 0; i < COUNT; i++) {
            ip("netns add " + space(i));
            cable("c", i);
            ip("link set " + outer("c", i) + " master " + bridge());
            ip("-n " + space(i) + " addr add " + inside(i) + "/24 dev " + inner("c", i));
            cable("d", i);
            ip("addr add " + outside(i) + "/24 dev " + outer("d", i));
            ip("-n " + space(i) + " addr add " + door(i) + "/24 dev " + inner("d", i));
            ip("-n " + space(i) + " link set lo up");
        }
    }

    /** A pair of devices, one end in the side. */
    private void cable(String kind, int i) {
        ip("link add " + outer(kind, i) + " type veth peer name " + inner(kind, i));
        ip("link set " + inner(kind, i) + " netns " + space(i));
        ip("link set " + outer(kind, i) + " up");
        ip("-n " + space(i) + " link set " + inner(kind, i) + " up");
    }

    private String bridge() {
        return "sb" + id;
    }

    private String space(int i) {
        return "sb" + id + "-" + i;
    }

    private String outer(String kind, int i) {
        return "sb" + id + kind + i;
    }

    private String inner(String kind, int i) {
        return "sb" + id + kind + i + "i";
    }

    private String inside(int i) {
        return net + ".0." + (i + 1);
    }

    private String outside(int i) {
        return net + "." + (i + 1) + ".1";
    }

    private String door(int i) {
        return net + "." + (i + 1) + ".2";
    }

    /** How a node is started on a side. */
    public Launch launch(int side) {
        return new Launch(List.of("ip", "netns", "exec", space(side)), door(side), Launch.SMALL.java());
    }

    /** The settings of a node on a side. */
    public Map<String, String> settings(int side, Map<String, String> usual, String databaseUrl) {
        Map<String, String> settings = new HashMap<>(usual);
        settings.put("CLUSTER_HOST", inside(side));
        // Room for two nodes on each side.
        settings.put(
                "CLUSTER_MEMBERS",
                inside(0) + ":5701," + inside(0) + ":5702," + inside(1) + ":5701," + inside(1) + ":5702");
        settings.put(
                "DATABASE_URL",
                databaseUrl.replaceFirst(
                        "@[^/]+/",
                        "@" + outside(side) + ":" + database.get(side).port() + "/"));
        return settings;
    }

    /** From now on the sides do not hear each other. */
    public void cut() {
        ip("link set " + outer("c", 0) + " nomaster");
    }

    /** They do again. */
    public void heal() {
        ip("link set " + outer("c", 0) + " master " + bridge());
    }

    private static void ip(String arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments.split(" ", -1)));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("ip " + arguments + ": " + said.strip());
            }
        } catch (IOException e) {
            throw new IllegalStateException("ip cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void quietly(String arguments) {
        try {
            ip(arguments);
        } catch (IllegalStateException notThere) {
            // It was never laid.
        }
    }

    /** Takes everything away; nodes should have ended. */
    @Override
    public void close() {
        database.forEach(Front::close);
        for (int i = 0; i < COUNT; i++) {
            quietly("link del " + outer("c", i));
            quietly("link del " + outer("d", i));
            quietly("netns del " + space(i));
        }
        quietly("link del " + bridge());
    }
}
