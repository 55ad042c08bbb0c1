"""A site's value files as dcmanager is given them: merged, substituted, with references where secrets stand. Pure."""

from __future__ import annotations

from reconciler.desired.rendering import render_yaml
from reconciler.model.site import Site
from reconciler.model.subcloud_orders import ValueFiles
from reconciler.model.told import told

NAMESPACE = "deployment"


def deployment_documents(site: Site) -> str:
    """What a site's Deployment Manager is to be given, in the namespace where the site's VIM looks for it.

    Secrets that the documents name are not in it: their values are dropped when a site is read. starlingx/nfv
    nfv-plugins/.../clients/kubernetes_client.py has the namespace fixed.
    """
    return render_yaml(site, NAMESPACE)


def value_files(site: Site, deployment: str = "") -> ValueFiles:
    """The files of a site that was read. deployment: its documents, where a Deployment Manager is to have them.

    What keeps them from being deployed is told by `undeployable`, and not here.
    """
    return ValueFiles(told(site.bootstrap_values), told(site.install_values), deployment)
