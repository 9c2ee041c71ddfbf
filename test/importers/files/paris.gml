# A network as the Internet Topology Zoo draws them.
graph [
  label "Paris &amp; friends"
  directed 0
  node [
    id 0
    label "Paris"
    Country "France"
    Latitude 48.85341
    Longitude 2.3488
    type "Router"
  ]
  node [ id 1 label "Paris" Country "France" ]
  node [ id 2 label "K&ouml;ln / Bonn" Country "Germany" graphics [ x 1.0 y -2e3 ] ]
  node [ id 3 label "東京" ]
  node [ id 4 hyperedge 1 ]
  node [ id 5 label "Saint-Denis &quot;North&quot;" ]
  node [ id 5 label "once more" ]
  node [ label "no id" ]
  edge [ source 0 target 1 LinkSpeedRaw 10000000000.0 ]
  edge [ source 1 target 0 bandwidth "2.5 Gbit/s" ]
  edge [ source 0 target 1 ]
  edge [ source 2 target 2 ]
  edge [ source 0 target 4 speed "fast" ]
  edge [ source 4 target 5 source_interface "a" target_interface "b" ]
  edge [ source 4 target 9 ]
]
