# tributary_embed(target file symbol): puts a file's bytes into `target`, as read-only data of the program.
#   tributary_embed(room_api ${CMAKE_SOURCE_DIR}/api/openapi.yaml openapi_json)
#   #include "embedded/openapi_json.hpp"   ->   std::string_view tributary::embedded::openapi_json()
# A .yaml file is embedded as JSON. The data follows the file: when it changes, the target is built again.
set(TRIBUTARY_EMBED_DIR ${CMAKE_CURRENT_LIST_DIR})

function(tributary_embed target file symbol)
  set(folder ${CMAKE_BINARY_DIR}/embedded)
  set(stem ${folder}/embedded/${symbol})
  file(MAKE_DIRECTORY ${folder}/embedded)
  get_filename_component(extension ${file} LAST_EXT)
  if(extension STREQUAL ".yaml")
    set(data ${stem}.json)
    add_custom_command(OUTPUT ${data}
      COMMAND /usr/bin/python3 ${TRIBUTARY_EMBED_DIR}/yaml_to_json.py ${file} ${data}
      DEPENDS ${file} ${TRIBUTARY_EMBED_DIR}/yaml_to_json.py VERBATIM)
  else()
    set(data ${file})
  endif()
  set(EMBED_SYMBOL ${symbol})
  set(EMBED_DATA ${data})
  configure_file(${TRIBUTARY_EMBED_DIR}/embedded.hpp.in ${stem}.hpp @ONLY)
  configure_file(${TRIBUTARY_EMBED_DIR}/embedded.cpp.in ${stem}.cpp @ONLY)
  set_source_files_properties(${stem}.cpp PROPERTIES OBJECT_DEPENDS ${data})
  target_sources(${target} PRIVATE ${stem}.cpp)
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
