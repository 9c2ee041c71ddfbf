/** A real Neo4j Community for those who have none: a Java that can run it, and its libraries from Maven Central. */
import { dirname, isAbsolute, join } from "node:path";
import { lockedFile } from "./file_lock.ts";
import { SetupError, writeFailure, writing } from "./setup_error.ts";

/** The newest line of Neo4j, and the one that an older Java can run. */
const NEWEST = { version: "2026.08.1", java: 21, main: "org.neo4j.server.Neo4jCommunity" };
const OLDER = { version: "5.26.30", java: 17, main: "org.neo4j.server.CommunityEntryPoint" };
const LINES = [NEWEST, OLDER];
const PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/** A Neo4j that can be started. */
export interface Neo4jProgram {
  version: string;
  /** Path of the program `java`. */
  java: string;
  /** The class to start. */
  main: string;
  /** The folder with all of its libraries. */
  libraries: string;
}

/** What {@linkcode neo4jProgram} needs to know. */
export interface Neo4jProgramOptions {
  /** Where the libraries are kept: `data/local/neo4j`. */
  folder: string;
  /** Told in a line what is being waited for. */
  progress?: ((line: string) => void) | undefined;
  /** Ends the download, with its reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Finds a Java, and downloads the Neo4j that it can run, once: some 150 MB, by `mvn` and from whatever repository that is
 * configured for. Of several processes that need it at once one downloads and the others wait.
 *
 * @throws {SetupError} `java_missing`, `java_too_old`, `maven_missing`, `packages_unavailable`, or about the folder
 */
export async function neo4jProgram(
  { folder, progress, signal }: Neo4jProgramOptions,
): Promise<Neo4jProgram> {
  const { path: java, major } = await findJava();
  const { version, main } = LINES.find((line) => major >= line.java)!;
  const libraries = join(folder, `lib-${version}`);
  const isThere = () => Deno.stat(libraries).then(() => true, () => false);
  if (!await isThere()) {
    await writing(folder, () => Deno.mkdir(folder, { recursive: true, mode: 0o700 }));
    using _lock = await lockedFile(join(folder, "download.lock"), {
      signal,
      waiting: () => progress?.("Another process is downloading Neo4j, waiting …"),
    });
    if (!await isThere()) {
      progress?.(`Downloading Neo4j ${version} from Maven Central (once) …`);
      await download(version, libraries, java, signal);
    }
  }
  return { version, java, main, libraries };
}

async function download(
  version: string,
  libraries: string,
  java: string,
  signal?: AbortSignal,
): Promise<void> {
  const part = `${libraries}.part`;
  const remove = () => Deno.remove(part, { recursive: true }).catch(() => {}); // it is not there
  await remove();
  try {
    await Deno.mkdir(part);
    const pom = join(part, "pom.xml");
    await Deno.writeTextFile(pom, pomOf(version));
    const copied = join(part, "lib");
    const { success, stdout } = await new Deno.Command("mvn", {
      args: [
        ...["--batch-mode", "--quiet", "--strict-checksums", "--file", pom, PLUGIN],
        ...["-DincludeScope=runtime", `-DoutputDirectory=${copied}`],
      ],
      // One that is on the PATH it finds by itself.
      env: isAbsolute(java) ? { JAVA_HOME: dirname(dirname(await Deno.realPath(java))) } : {},
      stdin: "null",
      stderr: "null",
      ...(signal ? { signal } : {}),
    }).output();
    signal?.throwIfAborted();
    if (!success) throw mavenFailure(new TextDecoder().decode(stdout), version);
    await Deno.rename(copied, libraries);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Deno.errors.NotFound) {
      throw new SetupError(
        "maven_missing",
        `Neo4j is downloaded by Maven, and there is no mvn: on Debian and Ubuntu run "sudo apt-get install maven", on ` +
          `macOS "brew install maven", then run it again; or set NEO4J_URI to a Neo4j of your own`,
        { cause: error },
      );
    }
    throw writeFailure(error, libraries);
  } finally {
    await remove();
  }
}

function pomOf(version: string): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>cim</groupId><artifactId>neo4j</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>${version}</version></dependency>
  </dependencies>
</project>
`;
}

function mavenFailure(output: string, version: string): SetupError {
  const error = output.split("\n").map((line) => line.trim())
    .find((line) => line.startsWith("[ERROR]"))?.replace("[ERROR] ", "") ?? "it said nothing";
  return new SetupError(
    "packages_unavailable",
    `Neo4j ${version} could not be downloaded by Maven (${
      error.slice(0, 300)
    }): check the network, or the mirror in ` +
      `~/.m2/settings.xml, and run it again`,
  );
}

interface Java {
  path: string;
  major: number;
}

/** The first Java that runs the newest Neo4j, or else the first that runs the older one. */
async function findJava(): Promise<Java> {
  const found: Java[] = [];
  for (const path of await javaPaths()) {
    const major = await majorOf(path);
    if (major === undefined) continue;
    found.push({ path, major });
    if (major >= NEWEST.java) break;
  }
  const best = LINES.map(({ java }) => found.find(({ major }) => major >= java)).find(Boolean);
  if (best) return best;
  const install =
    `on Debian and Ubuntu run "sudo apt-get install default-jre-headless", on macOS ` +
    `"brew install openjdk", then run it again; or set NEO4J_URI to a Neo4j of your own`;
  const [first] = found;
  if (!first) {
    throw new SetupError("java_missing", `Neo4j needs a Java, and there is none: ${install}`);
  }
  throw new SetupError(
    "java_too_old",
    `Neo4j needs Java ${OLDER.java} or newer, and ${first.path} is Java ${first.major}: ${install}`,
  );
}

async function javaPaths(): Promise<string[]> {
  const program = Deno.build.os === "windows" ? "java.exe" : "java";
  const home = Deno.env.get("JAVA_HOME");
  const installed: string[] = [];
  for (const folder of ["/usr/lib/jvm", "/opt/homebrew/opt/openjdk", "/usr/local/opt/openjdk"]) {
    installed.push(join(folder, "bin", program));
    try {
      for await (const { name } of Deno.readDir(folder)) {
        installed.push(join(folder, name, "bin", program));
      }
    } catch { /* There is no such folder here. */ }
  }
  return [...(home ? [join(home, "bin", program)] : []), program, ...installed.sort()];
}

/** 17 of a Java 17; undefined where it is none, or cannot be run. */
async function majorOf(path: string): Promise<number | undefined> {
  try {
    const { stderr } = await new Deno.Command(path, { args: ["-version"], stdin: "null" }).output();
    const [, major] = /version "(\d+)/.exec(new TextDecoder().decode(stderr)) ?? [];
    return major === undefined ? undefined : Number(major);
  } catch {
    return undefined;
  }
}
