"""What networkx says of some multigraphs: `{name: {"nodes": [...], "edges": [[from, to], ...]}}` in, the same with results out.

Of paths it says the length and number of the shortest ones between some pairs, of cut points and bridges how many nodes
each parts from the largest rest of its component. `networkx` 3 from PyPI or Debian (`python3-networkx`); with the argument
`--gml FOLDER` it reads the GML files of a folder instead of stdin, such as those of the Internet Topology Zoo.
"""

import json
import pathlib
import sys

import networkx as nx


def read(folder):
    graphs = {}
    for path in sorted(pathlib.Path(folder).glob("*.gml")):
        try:
            graph = nx.read_gml(path, label="id")
        except nx.NetworkXError as error:
            # Some of them have parallel links, and do not say that they have.
            if "duplicated" not in str(error):
                raise
            text = path.read_text(errors="replace").replace("graph [", "graph [\n  multigraph 1", 1)
            graph = nx.parse_gml(text.splitlines(), label="id")
        name = lambda node: f"{node:04}"
        graphs[path.stem] = {
            "nodes": [name(node) for node in graph.nodes],
            "edges": [[name(a), name(b)] for a, b, *_ in graph.edges if a != b],
        }
    return graphs


def parted(graph, component, lost):
    rest = graph.subgraph(component).copy()
    if isinstance(lost, tuple):
        rest.remove_edge(*lost)
    else:
        rest.remove_node(lost)
    return rest.number_of_nodes() - max(map(len, nx.connected_components(rest)))


def results(said):
    graph = nx.MultiGraph()
    graph.add_nodes_from(said["nodes"])
    graph.add_edges_from(said["edges"])
    simple = nx.Graph(graph)
    component = {node: part for part in nx.connected_components(graph) for node in part}
    bridges = [(a, b) for a, b in nx.bridges(simple) if graph.number_of_edges(a, b) == 1]
    nodes = sorted(said["nodes"])
    pairs = [(nodes[0], node) for node in nodes] + [(nodes[at], nodes[-1 - at]) for at in range(len(nodes) // 2)]
    paths = {}
    for a, b in sorted(set(pairs)):
        found = list(nx.all_shortest_paths(simple, a, b)) if nx.has_path(simple, a, b) else []
        paths[f"{a} {b}"] = [len(found[0]) - 1, len(found)] if found else None
    return {
        "islands": sorted(sorted(part) for part in nx.connected_components(graph)),
        "points": {node: parted(graph, component[node], node) for node in sorted(nx.articulation_points(graph))},
        "bridges": {" ".join(sorted(ends)): parted(graph, component[ends[0]], ends) for ends in sorted(bridges)},
        "paths": paths,
        "betweenness": {node: round(value, 6) for node, value in sorted(nx.betweenness_centrality(graph).items())},
    }


if sys.argv[1:2] == ["--gml"]:
    graphs = read(sys.argv[2])
else:
    graphs = json.load(sys.stdin)
print(json.dumps({name: {**said, "expected": results(said)} for name, said in graphs.items()}))
