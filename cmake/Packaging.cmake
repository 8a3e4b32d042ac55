# Three components, which are also the Debian packages: the library, what its users compile with,
# and the programs.
set(WSKIT_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/wskit)

install(TARGETS wskit EXPORT wskitTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    COMPONENT library
    NAMELINK_COMPONENT development)
install(DIRECTORY lib/include/wskit
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT development
  FILES_MATCHING PATTERN "*.h")
install(EXPORT wskitTargets NAMESPACE wskit:: DESTINATION ${WSKIT_CMAKE_DIR} COMPONENT development)

include(CMakePackageConfigHelpers)
configure_package_config_file(cmake/wskitConfig.cmake.in wskitConfig.cmake
  INSTALL_DESTINATION ${WSKIT_CMAKE_DIR})
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(wskitConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/wskitConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/wskitConfigVersion.cmake
  DESTINATION ${WSKIT_CMAKE_DIR}
  COMPONENT development)

# Relative, so that what is installed may be moved.
file(RELATIVE_PATH WSKIT_PC_PREFIX
  ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(cmake/wskit.pc.in wskit.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/wskit.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT development)
install(FILES man/libwskit.3 DESTINATION ${CMAKE_INSTALL_MANDIR}/man3 COMPONENT development)

# For prefixes that the loader does not know.
set_target_properties(wsbench wsc wsd PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
install(TARGETS wsd RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR} COMPONENT programs)
install(TARGETS wsbench wsc RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)
install(FILES man/wsd.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8 COMPONENT programs)
install(FILES man/wsbench.1 man/wsc.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT programs)
# Where Debian's zsh looks.
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(WSKIT_ZSH_DIR ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
else()
  set(WSKIT_ZSH_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
endif()
foreach(program wsbench wsc wsd)
  install(FILES completions/${program}.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
    RENAME ${program}
    COMPONENT programs)
  install(FILES completions/_${program}
    DESTINATION ${WSKIT_ZSH_DIR}
    COMPONENT programs)
  install(FILES completions/${program}.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
    COMPONENT programs)
endforeach()

set(WSKIT_COMPONENTS library development programs)
set(WSKIT_PACKAGES libwskit0 wskit-dev wskit)
foreach(component package IN ZIP_LISTS WSKIT_COMPONENTS WSKIT_PACKAGES)
  install(FILES LICENSE
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package}
    RENAME copyright
    COMPONENT ${component})
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME wskit)
set(CPACK_PACKAGE_VENDOR wskit)
set(CPACK_PACKAGE_CONTACT "wskit developers <wskit@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL ${WSKIT_COMPONENTS})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/lib)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libwskit0)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
# libwebsockets loads its event loop by name, which no tool can see.
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS libwebsockets-evlib-uv)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME wskit-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libwskit0 (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME wskit)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_DEPENDS "libwskit0 (= ${PROJECT_VERSION})")
include(CPack)
